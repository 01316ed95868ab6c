"""Sample metadata by the standards: asked, checked, written."""
