"""What each recipe asks of the reader's files, looked at before anything is executed: one module a recipe."""
