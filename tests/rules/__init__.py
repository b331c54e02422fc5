"""Owns the rules of the market as prose with drawn books, and what runs them against the real machines.

Never plays a neighbour: accounts and markets are streams, their letters are carried until nobody has any.
Called by pytest; the pages are the files beside this one, and ARCHITECTURE.md's page of rules.
"""
