"""What only the lesson of a recipe shows: wrong ways beside right ones, and numbers held against others."""
