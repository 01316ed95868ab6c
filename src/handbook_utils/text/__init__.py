"""The one door for bytes: decoded, split, guarded, hashed, written whole; it knows neither microbes nor notebooks."""
