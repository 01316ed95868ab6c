"""Controls of a run: what mocks should hold and do, and reads that end in a wrong well."""
