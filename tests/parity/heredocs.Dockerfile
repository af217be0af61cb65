FROM alpine
ENV WHO=world
RUN <<EOF
#!/usr/bin/env python3
print("hello")
EOF
RUN <<named
#!/bin/sh
exit
named
COPY <<EOF /greeting
hello $WHO
EOF
COPY --chmod=0755 --chown=1:2 <<'run.sh' /bin/
#!/bin/sh
echo $WHO
run.sh
COPY <<-EOF file /mixed/
	stripped
EOF
COPY --link <<EOF /linked
text
EOF
