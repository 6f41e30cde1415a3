"""What `make` runs: set-up, demo, tests, checks.

Set-up uses the standard library only, because nothing is installed before it.
"""
