"""The web around the pages: addresses, what search engines and previews read, the way back, and how to cite."""
