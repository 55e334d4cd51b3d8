using System.Buffers;
using CsCheck;
using Descarte.Conformance.Client;
using Descarte.Conformance.Client.Http2;

namespace Descarte.Tests.Client;

public class HpackTests
{
    const string Cookie = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

    [Fact]
    public void The_responses_of_RFC_7541_C_6_are_decoded_evictions_included()
    {
        var decoder = new HpackDecoder();
        // Their table has 256 bytes: said with a size update before the first block.
        var first = decoder.Decode(Convert.FromHexString("3fe101" + "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3"));
        Assert.Equal([":status=302", "cache-control=private", "date=Mon, 21 Oct 2013 20:13:21 GMT", "location=https://www.example.com"], Text(first));
        var second = decoder.Decode(Convert.FromHexString("4883640effc1c0bf"));
        Assert.Equal([":status=307", "cache-control=private", "date=Mon, 21 Oct 2013 20:13:21 GMT", "location=https://www.example.com"], Text(second));
        var third = decoder.Decode(Convert.FromHexString(
            "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007"));
        Assert.Equal(
            [":status=200", "cache-control=private", "date=Mon, 21 Oct 2013 20:13:22 GMT", "location=https://www.example.com", "content-encoding=gzip", $"set-cookie={Cookie}"],
            Text(third));
    }

    [Fact]
    public void The_responses_of_RFC_7541_C_5_are_decoded_without_Huffman()
    {
        var decoder = new HpackDecoder();
        var fields = decoder.Decode(Convert.FromHexString(
            "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d"));
        Assert.Equal([":status=302", "cache-control=private", "date=Mon, 21 Oct 2013 20:13:21 GMT", "location=https://www.example.com"], Text(fields));
    }

    [Fact]
    public void A_Host_of_the_user_takes_the_place_of_the_target_in_both_protocols()
    {
        var request = Request.Get().With("host", "shop.example").With("a", "b");
        Assert.Equal(
            [":method=GET", ":scheme=http", ":path=/", ":authority=shop.example", "a=b"], Text(new HpackDecoder().Decode(HpackEncoder.Encode(request, Target.Loopback(80)))));
        Assert.Equal("GET / HTTP/1.1\r\nHost: shop.example\r\na: b\r\n\r\n", System.Text.Encoding.Latin1.GetString(request.ToBytes(Target.Loopback(80))));
    }

    [Fact]
    public void What_is_encoded_is_decoded_again()
    {
        var name = Gen.Char['a', 'z'].Array[1, 300].Select(chars => new string(chars));
        var value = Gen.Char[' ', '~'].Array[0, 20_000].Select(chars => new string(chars));
        Gen.Select(name, value).Sample(
            (name, value) =>
            {
                var block = HpackEncoder.Encode(Request.Get("/p").With(name, value), Target.Loopback(80));
                Assert.Equal([":method=GET", ":scheme=http", ":path=/p", ":authority=127.0.0.1:80", $"{name}={value}"], Text(new HpackDecoder().Decode(block)));
            },
            iter: 100);
    }

    [Fact]
    public void No_block_makes_the_decoder_fail_in_another_way_than_it_says()
    {
        Gen.Byte.Array[0, 40].Sample(
            bytes =>
            {
                try
                {
                    new HpackDecoder().Decode(bytes);
                }
                catch (InvalidDataException)
                {
                }
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("ff")] // padding of a whole byte
    [InlineData("1e")] // padding that is not ones: 'a' is 00011
    [InlineData("fffffffc")] // the end-of-string symbol
    public void A_wrong_Huffman_code_is_refused(string code)
    {
        Assert.False(Huffman.TryDecode(Convert.FromHexString(code), new ArrayBufferWriter<byte>()));
    }

    static IEnumerable<string> Text(IEnumerable<KeyValuePair<string, string>> fields) => fields.Select(field => $"{field.Key}={field.Value}");
}
