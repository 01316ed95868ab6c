"""Publishing: the book in two languages, and the result folder of one run."""
