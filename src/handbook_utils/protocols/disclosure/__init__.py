"""What a table gives away of a person: values that name one, and combinations that only one has."""
