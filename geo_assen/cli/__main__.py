"""``python -m geo_assen.cli``: the same as the command ``geo-assen``."""

from geo_assen.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
