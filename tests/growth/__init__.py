"""How the work of reading outside text grows: what makes hostile texts, and what measures."""
