"""The routes of audio chat, a file each."""
