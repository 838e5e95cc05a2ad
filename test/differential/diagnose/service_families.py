"""A server at every address of IPv6 that rules IPv4 out; calm: one that takes both."""
from programs import end, holding, server


def build(fault):
    return [holding(server(7071, '::', IPV6_V6ONLY=1 if fault else 0))]


finish = end
