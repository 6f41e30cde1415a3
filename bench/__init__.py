"""`make bench`: how fast the product is, next to plain SQL that writes or reads the same rows in the same run.

docs/performance.md says what each workload and each yardstick is. Results go to var/bench.json.
"""
