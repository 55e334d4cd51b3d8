# A Rack application: puma config.ru
EVENTS = Enumerator.new do |events|
  loop do
    events << "data: tick\n\n"
    sleep 0.1
  end
end

run(lambda do |env|
  case env['PATH_INFO']
  when '/events' then next [200, { 'Content-Type' => 'text/event-stream' }, EVENTS]
  when '/slow' then sleep 0.4
  when '/upload' then env['rack.input'].read
  end
  body = env['PATH_INFO'] == '/download' ? 'x' * 5_000_000 : 'Hello World!'
  [200, { 'Content-Type' => 'text/plain', 'Content-Length' => body.bytesize.to_s }, [body]]
end)
