"""How the illustrative part of the sample of Assen is drawn.

Input: the sourced facts written down in these modules. Output: rows that
``data/draw_sample.py`` writes to ``data/assen``. The same call always gives the same rows.
"""
