"""Owns the fuzzing of the web: requests made of the API's own description, and what must hold of each answer.

Never knows a resource by itself: what there is, it reads from the description.
Called by ``make fuzz`` and by pytest.
"""
