# Runs ss with these options here, and then in each network namespace of ip netns: what is done without --all-netns.
ss "$@"
for file in /run/netns/*; do
  ip netns exec "${file##*/}" ss "$@"
done
