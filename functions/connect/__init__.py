"""The connect function: brings documents from where they are."""
