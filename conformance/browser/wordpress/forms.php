<?php
/*
 * Plugin Name: Forms
 *
 * Forms as WordPress's plugins have them, with the vendors' addresses built in: a contact form with Turnstile and one
 * with reCAPTCHA v3 that are sent without leaving the page, one with hCaptcha that is an ordinary form, and reCAPTCHA
 * v2 at the log-in. FORMS_KEYS has a site key and a secret for each.
 */

const TURNSTILE_SCRIPT = 'https://challenges.cloudflare.com/turnstile/v0/api.js';
const TURNSTILE_VERIFY = 'https://challenges.cloudflare.com/turnstile/v0/siteverify';
const RECAPTCHA_SCRIPT = 'https://www.google.com/recaptcha/api.js';
const RECAPTCHA_VERIFY = 'https://www.google.com/recaptcha/api/siteverify';
const HCAPTCHA_SCRIPT = '//js.hcaptcha.com/1/api.js';
const HCAPTCHA_VERIFY = 'https://api.hcaptcha.com/siteverify';
const HCAPTCHA_CHECK = 'https://api.hcaptcha.com/checksiteconfig';

function forms_site_key($vendor) {
    return FORMS_KEYS[$vendor][0];
}

/** What a backend asks a vendor. */
function forms_question($vendor, $token) {
    return [
        'secret' => FORMS_KEYS[$vendor][1],
        'response' => $token,
        'remoteip' => $_SERVER['REMOTE_ADDR'],
    ];
}

function forms_verdict($answer) {
    return is_wp_error($answer) ? [] : (array) json_decode(wp_remote_retrieve_body($answer), true);
}

/** The contact form: posted by a script, which tells what came back and starts the captcha again. */
function forms_contact($vendor, $inside) {
    wp_enqueue_script('forms', plugins_url('forms.js', __FILE__), [], '1', true);
    wp_localize_script('forms', 'forms', [
        'url' => admin_url('admin-ajax.php'),
        'recaptcha' => $vendor === 'recaptcha' ? forms_site_key('recaptcha') : '',
    ]);
    return "<form class='contact' method='post'><input type='hidden' name='action' value='contact_$vendor'>$inside
        <input name='message' value='Hello'><button>Send</button><output></output></form>";
}

add_shortcode('contact_turnstile', function () {
    wp_enqueue_script('cloudflare-turnstile', TURNSTILE_SCRIPT, [], null, true);
    $key = esc_attr(forms_site_key('turnstile'));
    return forms_contact('turnstile', "<div class='cf-turnstile' data-sitekey='$key' data-action='contact'
        data-response-field-name='_turnstile_response'></div>");
});

add_filter('script_loader_tag', function ($tag, $handle) {
    return $handle === 'cloudflare-turnstile' ? str_replace(' src=', ' async src=', $tag) : $tag;
}, 10, 2);

add_shortcode('contact_recaptcha', function () {
    $script = add_query_arg(['render' => forms_site_key('recaptcha')], RECAPTCHA_SCRIPT);
    wp_enqueue_script('google-recaptcha', $script, [], '3.0', true);
    return forms_contact('recaptcha', "<input type='hidden' name='_recaptcha_response' value=''>");
});

function forms_say($is_accepted) {
    wp_send_json(['message' => $is_accepted ? 'Thank you' : 'You may be a robot']);
}

add_action('wp_ajax_nopriv_contact_turnstile', function () {
    $token = wp_unslash($_POST['_turnstile_response'] ?? '');
    $body = forms_question('turnstile', $token);
    $verdict = forms_verdict(wp_remote_post(TURNSTILE_VERIFY, ['body' => $body]));
    forms_say(($verdict['success'] ?? false) && $verdict['action'] === 'contact');
});

add_action('wp_ajax_nopriv_contact_recaptcha', function () {
    $token = wp_unslash($_POST['_recaptcha_response'] ?? '');
    $body = forms_question('recaptcha', $token);
    $verdict = forms_verdict(wp_remote_post(RECAPTCHA_VERIFY, ['body' => $body]));
    forms_say(($verdict['success'] ?? false) && $verdict['score'] > 0.5 && $verdict['action'] === 'contactform');
});

// An ordinary form. The question is one that refuses addresses of inner networks.
add_shortcode('contact_hcaptcha', function () {
    wp_enqueue_script('hcaptcha', HCAPTCHA_SCRIPT, [], null, true);
    $said = '';
    if ($_SERVER['REQUEST_METHOD'] === 'POST') {
        $body = forms_question('hcaptcha', wp_unslash($_POST['h-captcha-response'] ?? ''));
        $verdict = forms_verdict(wp_safe_remote_post(HCAPTCHA_VERIFY, ['body' => $body]));
        $said = $verdict['success'] ?? false ? 'Thank you' : 'You may be a robot';
    }
    $key = esc_attr(forms_site_key('hcaptcha'));
    return "<form method='post'><div class='h-captcha' data-sitekey='$key'></div><button>Send</button>
        <output>$said</output></form>";
});

// What an administrator is told of the keys before they are saved.
add_action('wp_ajax_nopriv_check_keys', function () {
    $fields = ['host' => wp_parse_url(home_url(), PHP_URL_HOST), 'sitekey' => wp_unslash($_GET['sitekey'])];
    $answer = wp_remote_post(add_query_arg($fields + ['sc' => 1, 'swa' => 1, 'spst' => 0], HCAPTCHA_CHECK));
    wp_send_json(forms_verdict($answer));
});

// The log-in asks by GET.
add_action('login_enqueue_scripts', fn() => wp_enqueue_script('recaptcha', RECAPTCHA_SCRIPT));
add_action('login_form', function () {
    echo '<div class="g-recaptcha" data-sitekey="' . esc_attr(forms_site_key('login')) . '"></div>';
});
add_filter('authenticate', function ($user) {
    if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
        return $user;
    }
    $question = forms_question('login', wp_unslash($_POST['g-recaptcha-response'] ?? ''));
    $verdict = forms_verdict(wp_remote_get(RECAPTCHA_VERIFY . '?' . http_build_query($question)));
    return $verdict['success'] ?? false ? $user : new WP_Error('robot', 'You may be a robot');
}, 30);
