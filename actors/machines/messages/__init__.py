"""Owns every message of the exchange: words, parts, commands, answers, posted messages, events.

Never decides: messages are data, valid from birth.
Called by everything that talks to, or follows, the actors.
"""
