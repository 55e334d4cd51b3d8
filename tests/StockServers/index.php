<?php
// php -S 127.0.0.1:PORT index.php
switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/slow':
        usleep(400_000);
        break;
    case '/download':
        echo str_repeat('x', 5_000_000);
        return;
}
echo 'Hello World!';
