namespace Descarte.Conformance.Client.Http2;

/// <summary>A GOAWAY frame as it arrived (RFC 9113 section 6.8).</summary>
/// <param name="LastStreamId">Streams above it were not processed; 2^31-1 in the first of the two steps of a graceful close.</param>
/// <param name="ErrorCode">0 is NO_ERROR.</param>
/// <param name="At">When it arrived, a Stopwatch timestamp.</param>
public readonly record struct GoAway(int LastStreamId, uint ErrorCode, long At);
