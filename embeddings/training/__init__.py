"""Recipes that make the bundled model, none of which run when it answers; imports nothing above knowledge_base."""
