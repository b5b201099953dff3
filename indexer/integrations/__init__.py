"""Adapters to the frameworks that search is used through: one module for each, over the public API.

Nothing here is imported unless a program asks for it, and each module needs the package of its framework.
"""
