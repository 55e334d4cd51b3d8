# As a user would do it with an image of their own: the tool from its image, before the program.
FROM hits
COPY --from=descarte /usr/local/bin/descarte /usr/local/bin/descarte
ENTRYPOINT ["/usr/local/bin/descarte", "run", "-n", "2", "--listen", "http://0.0.0.0:5000", "--", "/app/Hits"]
