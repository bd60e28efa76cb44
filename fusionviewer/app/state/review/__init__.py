"""What a reviewer goes through before deciding."""
