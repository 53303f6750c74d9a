"""Listings: photos → facts with evidence → copy → the fields of a channel.

``product.make_product`` looks and collects, ``Product.row`` puts the result into a channel's form, and
``catalogue`` does it for a table of products.
"""
