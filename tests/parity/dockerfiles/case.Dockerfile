from alpine as one
run true
From one As two
Copy a b
env a=b
FROM two
CMD ["x"]
