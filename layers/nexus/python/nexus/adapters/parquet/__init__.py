"""Parquet files of snapshots."""
