"""Models and simulations that chapters teach with; what comes out of them is labelled simulated."""
