/** What the zoo has in place of /etc's files, so that names are the same on every machine. */
export const etcFiles: Readonly<Record<string, string>> = {
  hosts: `127.0.0.1	localhost
::1	localhost ip6-localhost
192.0.2.1	zoo.example.com zoo
198.18.0.3	a-very-long-host-name-indeed.region-1.example.com
2001:db8:1111:2222:3333:4444:5555:6666	another-very-long-host-name.example.net
2001:db8:feed::4	six.example.com	# a comment
0.0.0.0	any.example.com
`,
  services: `tcpmux	1/tcp
ssh	22/tcp		# SSH Remote Login Protocol
domain	53/tcp
domain	53/udp
http	80/tcp	www
ntp	123/udp
https	443/tcp
https	443/udp
dhcpv6-client	546/udp
a-service-with-a-very-long-name	40000/tcp
exactly-18-letters	40001/tcp
only-udplite	5353/udplite
for-udp	40010/udp
twice-first	50443/tcp
twice-second	50443/tcp
`,
  passwd: `root:x:0:0:root:/root:/bin/bash
a-user-with-a-long-name:x:4000:4000::/:/bin/sh
nobody:x:65534:65534:nobody:/:/usr/sbin/nologin
sshd:x:4001:65534::/run/sshd:/usr/sbin/nologin
`,
  'nsswitch.conf': `passwd: files
group: files
hosts: files
services: files
protocols: files
`,
  'resolv.conf': '# no name server\n',
};
