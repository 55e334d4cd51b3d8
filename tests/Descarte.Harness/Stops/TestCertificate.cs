using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Descarte.Harness.Stops;

/// <summary>A certificate for 127.0.0.1, signed by itself and valid for a day, as PEM files.</summary>
public sealed class TestCertificate : IDisposable
{
    readonly TempFolder _folder = new();

    public TestCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public string CertificatePath => _folder["certificate.pem"];

    public string KeyPath => _folder["key.pem"];

    public void Dispose() => _folder.Dispose();
}
