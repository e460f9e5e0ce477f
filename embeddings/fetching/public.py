"""Which addresses may be connected to: those of the public internet, and no network of our own."""

import ipaddress

# These carry an IPv4 address, which may be of any network; NAT64 and IPv4-mapped ones count as reserved.
_CARRIERS = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet: no private, shared, local, reserved or multicast one."""
    ip = ipaddress.ip_address(address)
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_link_local:
        return False
    return not (isinstance(ip, ipaddress.IPv6Address) and (ip.is_site_local or any(ip in net for net in _CARRIERS)))


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own."""
    return ipaddress.ip_address(address).is_loopback
