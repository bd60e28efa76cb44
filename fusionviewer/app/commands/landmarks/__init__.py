"""What is done with landmark pairs and targets."""
