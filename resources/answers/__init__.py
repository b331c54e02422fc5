"""Owns the shape of every answer: fields, types, units and examples, as clients get them in JSON.

Never makes an answer: resources do, and a test holds what they make against these shapes, field by field.
Called by the declarations of resources, from which the OpenAPI document and the pages are made.

Answers may get more fields; what is here stays. Where a field may be missing it is ``NotRequired``.
"""
