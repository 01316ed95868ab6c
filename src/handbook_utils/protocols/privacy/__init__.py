"""The privacy guard: what must not leave in a shared file, found before it leaves."""
