"""What people run beside the DAG."""
