FROM alpine
RUN echo a \
# comment

   b \
	c
ENV A=1 \
    B="two \
words" \
    # why
    C=3
RUN echo d \\
RUN echo \ e\
