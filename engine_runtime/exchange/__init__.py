"""Records in and out of files: reference data, a new company, the demo company."""
