"""What all of AWS has in common: its errors; secrets; a function that starts itself again."""
