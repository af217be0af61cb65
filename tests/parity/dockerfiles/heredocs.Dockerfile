FROM alpine
ENV WHO=world
RUN <<EOF
echo $WHO
EOF
RUN <<-EOF
	#!/bin/sh
	echo tabs
	EOF
RUN <<'one' cat > /a && <<two cat > /b
$WHO
one
$WHO
two
RUN 3<<EOF cat <&3
x
EOF
COPY <<a.txt <<"b.txt" <<-c.txt local /dir/
$WHO \$WHO "quoted" 'single'
a.txt
$WHO
b.txt
		tabbed ${WHO:-x}
c.txt
ADD <<x /y
y
x
RUN cat <<EOF > /e
${WHO}
EOF
RUN <<EOF

#!/bin/sh
EOF
RUN echo $((1<<2)) "<<EOF"
COPY --chmod=755 --chown=1:2 <<run.sh /bin/run
#!/bin/sh
run.sh
