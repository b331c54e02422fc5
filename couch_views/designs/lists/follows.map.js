function (doc) {
  // [account, kind, time, id]: what a member follows now, by its kind ("member", "market", "event"), or "0": all.
  if (doc.kind !== "follow" || doc.active !== true) {
    return;
  }
  var texts = [doc.account_id, doc.followed, doc.followed_id, doc.created_datetime];
  for (var i = 0; i < texts.length; i += 1) {
    if (typeof texts[i] !== "string") {
      return;
    }
  }
  function digits(number) {
    return ("00000000000000000000" + number).slice(-20);
  }
  var time = doc.created_datetime.replace(/[^0-9]/g, "");
  ["0", doc.followed].forEach(function (followed) {
    emit([digits(doc.account_id), followed, time, digits(doc.followed_id)], null);
  });
}
