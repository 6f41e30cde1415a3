"""What `make` runs: set-up, demo, tests, checks. Standard library only, so that it runs before anything is installed."""
