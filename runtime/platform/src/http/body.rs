//! Reading a request's body: whole, up to the limit, and not for ever.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::Body;

use super::refusal::Refusal;

/// The longest wait for more of a body.
const MORE_WAIT: Duration = Duration::from_secs(10);

/// The body, or why it is refused: 413 over the limit, whether announced or not; 408 when it stops coming.
pub(crate) async fn read<B>(mut body: B, bytes_max: usize) -> Result<Bytes, Refusal>
where
    B: Body<Data = Bytes> + Unpin,
{
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let too_large = || {
        let detail = format!("the body is larger than {bytes_max} bytes");
        Refusal::with(StatusCode::PAYLOAD_TOO_LARGE, detail)
    };
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(too_large());
    }
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    loop {
        let frame = match tokio::time::timeout(MORE_WAIT, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => return Ok(if all.is_empty() { first } else { all.freeze() }),
            Ok(Some(Err(_))) => return Err(Refusal::with(StatusCode::BAD_REQUEST, "the body is not complete")),
            Err(_) => return Err(Refusal::with(StatusCode::REQUEST_TIMEOUT, "the body does not arrive")),
        };
        let Ok(data) = frame.into_data() else { continue };
        if first.len().max(all.len()) + data.len() > bytes_max {
            return Err(too_large());
        }
        // Most bodies are one piece, which need not be copied.
        match (first.is_empty(), all.is_empty()) {
            (true, true) => first = data,
            (false, true) => {
                all.extend_from_slice(&first);
                all.extend_from_slice(&data);
            }
            _ => all.extend_from_slice(&data),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::Full;

    #[tokio::test(start_paused = true)]
    async fn the_limit_is_exact() {
        let body = |bytes: usize| Full::new(Bytes::from(vec![b'a'; bytes]));
        assert_eq!(read(body(10), 10).await.unwrap().len(), 10);
        assert_eq!(read(body(11), 10).await.unwrap_err().status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(read(body(0), 10).await.unwrap().len(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn pieces_are_put_together_and_counted() {
        assert_eq!(read(Pieces(4), 12).await.unwrap(), "abcabcabcabc");
        assert_eq!(read(Pieces(5), 12).await.unwrap_err().status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    /// A body of so many pieces.
    struct Pieces(usize);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
            let left = self.0;
            self.0 = left.saturating_sub(1);
            let piece = hyper::body::Frame::data(Bytes::from_static(b"abc"));
            std::task::Poll::Ready((left > 0).then_some(Ok(piece)))
        }
    }

    /// A body that never comes.
    struct Silent;

    impl Body for Silent {
        type Data = Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
            std::task::Poll::Pending
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up() {
        assert_eq!(read(Silent, 10).await.unwrap_err().status, StatusCode::REQUEST_TIMEOUT);
    }
}
