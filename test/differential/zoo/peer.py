"""The far end of the TUN device: TCP peers that misbehave on purpose, so that the kernel's sockets
stop in every state there is. What a peer does is told by the last part of its address."""

import os
import socket
import struct
import threading
import time

FIN, SYN, ACK = 0x01, 0x02, 0x10

BLACK_HOLE = 2  # answers nothing: SYN_SENT
SILENT = 3  # completes the handshake, then answers nothing: FIN_WAIT1, a send queue that stays
ACKING = 4  # acknowledges everything and never closes: FIN_WAIT2
CROSSING = 5  # answers a FIN with its own, leaving ours unacknowledged: CLOSING
LEAVING = 6  # closes at once, then answers nothing: CLOSE_WAIT, LAST_ACK
STUFFED = 7  # its window is shut: zero-window probes
HALF_OPEN = 8  # opens connections and never completes them: SYN_RECV

WINDOW = 65535
FIRST_SEQUENCE = 1000


def address(family, behaviour):
    return f"198.18.0.{behaviour}" if family == socket.AF_INET else f"2001:db8:feed::{behaviour}"


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def segment(source, target, ports, sequence, acknowledged, flags, window):
    """One IP packet with a TCP header and no data; addresses are packed."""
    tcp = struct.pack(
        "!HHIIBBHHH", ports[0], ports[1], sequence, acknowledged, 5 << 4, flags, window, 0, 0
    )
    if len(source) == 4:
        pseudo = source + target + struct.pack("!BBH", 0, 6, len(tcp))
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + source + target
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    else:
        pseudo = source + target + struct.pack("!IHBB", len(tcp), 0, 0, 6)
        ip = struct.pack("!IHBB", 6 << 28, len(tcp), 6, 64) + source + target
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    return ip + tcp


class Peer:
    """Answers what the kernel sends into the TUN device, on a thread of its own."""

    def __init__(self, tun):
        self.tun = tun
        self.left = set()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            packet = os.read(self.tun, 65536)
            if packet[0] >> 4 == 4 and packet[9] == 6:
                self.answer(packet[12:16], packet[16:20], packet[(packet[0] & 15) * 4 :])
            elif packet[0] >> 4 == 6 and packet[6] == 6:
                self.answer(packet[8:24], packet[24:40], packet[40:])

    def answer(self, source, target, tcp):
        ports = struct.unpack("!HH", tcp[:4])
        sequence = struct.unpack("!I", tcp[4:8])[0]
        flags = tcp[13]
        data = len(tcp) - (tcp[12] >> 4) * 4
        behaviour = target[-1]
        window = 0 if behaviour == STUFFED else WINDOW

        def send(own, acknowledged, flags):
            back = (ports[1], ports[0])
            packet = segment(target, source, back, own, acknowledged & 0xFFFFFFFF, flags, window)
            os.write(self.tun, packet)

        if behaviour in (BLACK_HOLE, HALF_OPEN):
            return
        if flags & SYN:
            send(FIRST_SEQUENCE, sequence + 1, SYN | ACK)
        elif behaviour == ACKING and (data or flags & FIN):
            send(FIRST_SEQUENCE + 1, sequence + data + (1 if flags & FIN else 0), ACK)
        elif behaviour == CROSSING and flags & FIN:
            send(FIRST_SEQUENCE + 1, sequence, FIN | ACK)
        elif behaviour == LEAVING and (target, ports) not in self.left:
            self.left.add((target, ports))
            send(FIRST_SEQUENCE + 1, sequence, FIN | ACK)
        elif behaviour == STUFFED and not flags & FIN:
            send(FIRST_SEQUENCE + 1, sequence, ACK)

    def open_half(self, family, own_address, own_port, from_port):
        """Sends a SYN to a listener of the zoo; its answer goes unanswered."""
        source = socket.inet_pton(family, address(family, HALF_OPEN))
        target = socket.inet_pton(family, own_address)
        os.write(self.tun, segment(source, target, (from_port, own_port), 1, 0, SYN, WINDOW))


def wait_until(condition, what, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.01)
