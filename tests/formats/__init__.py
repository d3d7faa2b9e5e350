"""What is read of each format: samples, the report that is made of them, and their fuzzing."""
