# A behaviour of tests/TestServer as the first process of a container; its context is the folder that its native build was published to.
# Native, for a signal that process 1 has no handler for is dropped, and until its runtime is up an ordinary .NET program has none.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
COPY TestServer /app/TestServer
WORKDIR /tmp
USER 1654
ENTRYPOINT ["/app/TestServer"]
