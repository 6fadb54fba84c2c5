"""Benchmarks of every budget; ``python -m benchmarks`` runs them all."""

from benchmarks.screens import main

if __name__ == "__main__":
    main()
