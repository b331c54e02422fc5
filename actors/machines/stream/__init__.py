"""Owns members' activity: an actor for each activity stream, and what they make of what happens.

Never decides anything about money, and never tells who may see what.
Called by the turn of a social stream.
"""
