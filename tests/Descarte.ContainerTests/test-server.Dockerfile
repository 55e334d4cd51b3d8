# A behaviour of tests/TestServer as the first process of a container; its context is the output folder of that project.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY . /app
WORKDIR /tmp
USER 1654
ENTRYPOINT ["dotnet", "/app/TestServer.dll"]
