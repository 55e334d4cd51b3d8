#!/usr/bin/env bash
# Gives the Docker daemon of DOCKER_HOST the base images that this repository's Dockerfiles and compose files name. Where no
# registry answers, makes stand-ins of the same name from what this machine has installed (Debian: clang, zlib1g-dev,
# redis-server, haproxy, and the .NET SDK), so that the very same files are built and run. As root.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sdk=mcr.microsoft.com/dotnet/sdk:10.0-noble-aot
aspnet=mcr.microsoft.com/dotnet/aspnet:10.0
chiseled=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
dotnet_home=$(dirname "$(readlink -f "$(command -v dotnet)")")

# wanted NAME: neither there nor to be had.
wanted() {
    ! docker image inspect "$1" >/dev/null 2>&1 && ! timeout 600 docker pull --quiet "$1" 2>/dev/null
}

# with_dependencies PACKAGE...: the packages and all that they depend on.
with_dependencies() {
    apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$@" |
        grep '^[a-z0-9]' | sort -u | comm -12 - <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii *//p' | sort -u)
}

# packages FOLDER PACKAGE...: the files of installed packages, in a root file system where /bin and its like are links (as
# Debian has it, whose packages still name both).
packages() {
    local folder=$1
    shift
    mkdir -p "$folder"/{etc,tmp,usr/bin,usr/sbin,usr/lib,usr/lib64}
    chmod 1777 "$folder/tmp"
    for link in bin sbin lib lib64; do
        ln -s "usr/$link" "$folder/$link"
    done
    dpkg -L "$@" | sort -u | grep -vE '^/usr/share/(doc|man|info|locale|lintian)/' | while read -r path; do
        if [ -L "$path" ] || [ -f "$path" ]; then
            echo "${path#/}"
        fi
    done >"$work/files"
    tar -C / --no-recursion -c -T "$work/files" --transform 's,^\(bin\|sbin\|lib\|lib64\)/,usr/\1/,S' | tar -C "$folder" -x --keep-directory-symlink
    cp /etc/ld.so.conf "$folder/etc/"
    cp -r /etc/ld.so.conf.d "$folder/etc/"
    ldconfig -r "$folder"
}

# people FOLDER NAME ID: root, and the one whom the image's process runs as.
people() {
    printf 'root:x:0:0:root:/root:/bin/sh\n%s:x:%s:%s::/home/%s:/bin/false\n' "$2" "$3" "$3" "$2" >"$1/etc/passwd"
    printf 'root:x:0:\n%s:x:%s:\n' "$2" "$3" >"$1/etc/group"
    install -d -o "$3" -g "$3" "$1/home/$2"
}

# import FOLDER NAME INSTRUCTION...
import() {
    local folder=$1 name=$2 changes=()
    shift 2
    for instruction in "LABEL descarte.stand-in=true" "$@"; do
        changes+=(--change "$instruction")
    done
    tar -C "$folder" --numeric-owner -c . | docker import "${changes[@]}" - "$name" >/dev/null
    rm -rf "$folder"
    echo "$name: a stand-in"
}

path='ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
network=(libc6 libgcc-s1 libssl3 libstdc++6 zlib1g tzdata)

if wanted $chiseled; then
    packages "$work/chiseled" "${network[@]}"
    people "$work/chiseled" app 1654
    install -D /etc/ssl/certs/ca-certificates.crt "$work/chiseled/etc/ssl/certs/ca-certificates.crt"
    rm -rf "$work"/chiseled/usr/{bin,sbin}/* "$work"/chiseled/usr/lib/x86_64-linux-gnu/gconv
    import "$work/chiseled" $chiseled "$path" 'ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true' 'USER 1654'
fi

if wanted $aspnet; then
    packages "$work/aspnet" $(with_dependencies bash dash coreutils base-files) "${network[@]}"
    people "$work/aspnet" app 1654
    mkdir -p "$work/aspnet/usr/share/dotnet"
    cp -a "$dotnet_home"/{dotnet,host,shared} "$work/aspnet/usr/share/dotnet/"
    ln -s /usr/share/dotnet/dotnet "$work/aspnet/usr/bin/dotnet"
    import "$work/aspnet" $aspnet "$path" \
        'ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1' 'CMD ["/bin/bash"]'
fi

if wanted $sdk; then
    packages "$work/sdk" $(with_dependencies bash dash coreutils base-files grep sed findutils tar gzip clang zlib1g-dev) "${network[@]}"
    people "$work/sdk" app 1654
    install -D /etc/ssl/certs/ca-certificates.crt "$work/sdk/etc/ssl/certs/ca-certificates.crt"
    mkdir -p "$work/sdk/usr/share"
    cp -a "$dotnet_home" "$work/sdk/usr/share/dotnet"
    ln -s /usr/share/dotnet/dotnet "$work/sdk/usr/bin/dotnet"

    # The packages of the programs that are built in the image, from those that this machine has restored: the image's own
    # restore finds them there, and asks nobody. On a copy of the tree, whose obj folders say where the packages are.
    mkdir "$work/tree"
    git ls-files -z -co --exclude-standard -- src examples '*.props' global.json | xargs -0 cp --parents -t "$work/tree"
    for project in src/Hits src/Descarte.Cli examples/factor8; do
        dotnet restore "$work/tree/$project" --source "${NUGET_PACKAGES:-$HOME/.nuget/packages}" --packages "$work/sdk/root/.nuget/packages" >"$work/restore.log" ||
            { cat "$work/restore.log" && exit 1; }
    done
    import "$work/sdk" $sdk "$path" 'ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1' 'CMD ["/bin/bash"]'
fi

# As the official image: root at first unless the user is given, the data in /data, which belongs to redis, and open to
# other containers.
if wanted redis:8; then
    packages "$work/redis" $(with_dependencies redis-server redis-tools dash coreutils base-files)
    people "$work/redis" redis 999
    install -d -o 999 -g 999 "$work/redis/data"
    install -d "$work/redis/usr/local/bin"
    printf '#!/bin/sh\nexec /usr/bin/redis-server "$@" --protected-mode no\n' >"$work/redis/usr/local/bin/redis-server"
    chmod +x "$work/redis/usr/local/bin/redis-server"
    import "$work/redis" redis:8 "$path" 'VOLUME /data' 'WORKDIR /data' 'EXPOSE 6379' 'CMD ["redis-server"]'
fi

# As the official image: SIGUSR1 is HAProxy's soft stop.
if wanted haproxy:3.2; then
    packages "$work/haproxy" $(with_dependencies haproxy dash coreutils base-files)
    people "$work/haproxy" haproxy 99
    mkdir -p "$work"/haproxy/{var/lib/haproxy,usr/local/etc/haproxy}
    import "$work/haproxy" haproxy:stand-in "$path" 'USER 99' 'CMD ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]'
    printf 'FROM haproxy:stand-in\nSTOPSIGNAL SIGUSR1\n' | DOCKER_BUILDKIT=0 docker build --quiet --tag haproxy:3.2 - >/dev/null 2>&1
fi
