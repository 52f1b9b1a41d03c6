"""What acts: scans that record, and the work owed that they leave. Decides nothing by itself."""
